"""Synthetic cases of any size with their ground truth, and the check of a loaded case against it.

The truth is the generator's own story: it is written down from the plan by which the records are made, and nothing here
but ``check`` knows the rooms that reason. The rooms:

``words``     names of companies, shops and people
``parties``   who there is: carriers, enterprises, the tree of resellers, people, parties of one story only
``numbers``   card numbers, devices, subscriber numbers
``stories``   what can happen to a block of cards, planted faults among it, as data
``tables``    rows of records as the columns of files
``files``     files on disk, written as the case goes on
``blocks``    stories told for many blocks at once
``lots``      the mass: lots resold as ranges, some retailed card by card
``messy``     the same records as the files people send
``generate``  all of it together
``check``     a case asked about its cards, and what it answered wrong

Invariants by which a planted story cannot come out otherwise by accident:

- A card belongs to one block or lot; blocks and lots lie apart on the number line, and no card's running number ends in
  four zeros, so none looks as if a spreadsheet had damaged it.
- A party that passes on cards by their number only (or gets such) is in one story only, so no bridge and no onward sale
  reaches another one.
- A name without a number belongs to one party alone, except the names that are planted to be ambiguous.
- A device and a subscriber number belong to one card alone, except where it is planted otherwise.
- Each step of a story is at least a day after the one before it, except where it is planted otherwise.
- The parties of one chain come from different tiers of the tree, so a card comes back only where that is planted.
"""
