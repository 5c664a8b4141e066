"""The layouts of title pages since 2010: the places in a page that hold facts (pure).

Each layout has a function `read`, which takes a page as UTF-8 and returns its title. The other modules help to read
scripts, elements, and localised texts.
"""
