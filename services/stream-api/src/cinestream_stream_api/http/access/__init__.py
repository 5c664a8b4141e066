"""Access to the API: tokens, the origin of a sign-in, and the rate of attempts."""
