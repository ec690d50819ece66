"""Synthetic cases of any size with their ground truth, and the check of a loaded case against it.

The truth is stated by the generator: it is written down from the plan by which the records are made, and no module
but ``check`` deals with what the product answers. The modules:

``made_parties``      who there is: carriers, enterprises, the tree of resellers, people, parties of one scenario only
``numbers``           numbers of cards, devices and subscribers
``file_tables``       rows of records as the columns of files
``shards``            where records and truth are put down, some hundred thousand cards at a time, and the truth on disk
``blocks``            what can happen to a block of cards, planted faults too, as data, and the mass of a case
``files``             files, written shard by shard: clean ones, and the same records as people send them
``planted_aliases``   parties under two names, and pairs that only look so
``planted_supports``  shipments, payments and identities beside changes of hands, and records that only look so
``generate``          all of it together
``check``             what a case has to answer, read from the truth, and what it answered wrong

Invariants by which a planted scenario cannot come out otherwise by accident:

- A card belongs to one block or lot; blocks and lots lie apart on the number line, and no card's running number ends in
  four zeros, so none looks as if a spreadsheet had damaged it.
- A company that gets or passes on cards by their number only is in one block only, so no bridge and no onward sale
  reaches another one. Carriers sell by number in the first year only, before any card comes back to one.
- A name without a number means one party, except the names that are planted to be ambiguous; every number that somebody
  has stands beside the name in some record.
- A device and a subscriber number belong to one card alone, except where it is planted otherwise.
- Each step of a scenario is at least a day after the one before it, except where it is planted otherwise.
- The parties of one chain come from different tiers of the tree, so a card comes back only where that is planted.
- A row that has to be rejected is an additional one: what is true of the cards never depends on it.
"""
