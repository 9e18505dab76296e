"""Reports: pure functions from a `Grade` to text, one module for each format.

`content` decides what a student may see, `inert` makes every text of theirs harmless, `in_words` says what pictures show and
`wording` holds what students read; the formats only lay it out. `overview`, `items` and `alike` are for the instructor alone.
"""
