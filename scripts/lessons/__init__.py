"""What the lessons draw, theme by theme."""
