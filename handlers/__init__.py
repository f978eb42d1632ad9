import os

# python-telegram-bot is moving durations to timedelta and warns about every 429 until one opts in.
os.environ.setdefault("PTB_TIMEDELTA", "true")
