"""The reference pages, made of the code that they are about: a module a page, each a function that returns text."""
