"""How somebody writes: learned from what they approved, held to every example, told in words."""
