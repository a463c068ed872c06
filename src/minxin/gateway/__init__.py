"""What a citizen says: WeChat's callbacks, the dialogue policy, the hot path."""
