"""Our own words that reach pages as data: keys of roles, states and notices, for the catalogues.

The filters ``words`` and ``said`` look them up; a company's own keys and texts stay as they are written.
Nothing but the catalogues' makers and tests reads them, each file by what its words are about.
"""
