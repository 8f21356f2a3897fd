"""From measurements to the geometry of pictures: numbers in, places on paper out.

Nothing here knows a word, a colour or a template; those draw what is computed here. All lengths are
in the units of the SVG's own viewBox.
"""
