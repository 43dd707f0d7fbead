"""Pictures of what is simulated: one self-contained page."""
