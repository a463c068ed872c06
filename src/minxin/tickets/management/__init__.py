"""Commands of `minxin manage`."""
