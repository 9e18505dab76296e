"""Reports: pure functions from a `Grade` to text, one module for each format.

`content` decides what a student may see and makes every text inert; `wording` holds what students read; the formats
`html`, `markdown`, `text` and `gradebook` only lay it out.
"""
