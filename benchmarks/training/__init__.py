"""How the cell reader is made: pages drawn by the laboratory, a network that learns them, bands set on other pages."""
