"""The workbench: a case in the browser of the machine on which it is served, for those who do not use a terminal.

``server`` starts it · ``access`` lets nobody in but whoever was given the token · ``app`` says which address is which
page · ``answer_pages`` makes them of the same answers and documents as the command line · ``search`` what one box
finds · ``tasks`` work in the background · ``case_pool`` the case for several questions at a time.

Invariant: no path, command or statement comes from the browser. A page names cards, parties and queries; files come
in as bytes with a name that is only ever shown.
"""
