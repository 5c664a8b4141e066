"""Open streams: subscribers, their connections and the hub that sends to them."""
