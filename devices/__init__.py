"""The device worker: fingerprint and face machines feed the same book of facts."""
