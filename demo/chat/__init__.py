"""Chat providers of the demonstration on loopback: a Twilio and a Telegram that need no account, and are strict."""
