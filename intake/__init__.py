"""What comes in: one file a channel, and the pipeline archive → read → record."""
