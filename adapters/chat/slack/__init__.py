"""Slack, through slack-bolt and slack-sdk."""
