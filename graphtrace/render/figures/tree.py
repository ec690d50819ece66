"""Chains of a card as trees: common parts appear once, with branches where the chains differ.

A root is a carrier, or the place of one that nobody named. Every drawing of hands starts from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from graphtrace.model import Chain, DateSpan, Hop, Party
    from graphtrace.results.trace import Trace

Sort = Literal["hop", "gap", "use"]
"""Sort of a link: a change of hands, a missing one, or use of the card by a party that did not hold it on record."""


@dataclass(slots=True)
class TreeNode:
    """A party at one place of a tree; ``party`` is ``None`` for a carrier that no record names.

    ``roles`` are codes of ``catalogue.LABELS``. ``column`` counts the links from the root, ``lane`` the branches above.
    """

    party: Party | None
    roles: list[str] = field(default_factory=list)
    links: list[TreeLink] = field(default_factory=list)
    column: int = 0
    lane: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """Return column and lane, which no other node of the tree has."""
        return self.column, self.lane

    def follow(self, link: TreeLink) -> TreeNode:
        """Return the node behind an equal link, which is added if there is none."""
        for known in self.links:
            if known.sort == link.sort and known.hop == link.hop and known.end.party == link.end.party:
                return known.end
        self.links.append(link)
        return link.end

    def add_role(self, role: str) -> None:
        """Say once what the party is."""
        if role not in self.roles:
            self.roles.append(role)


@dataclass(slots=True, kw_only=True)
class TreeLink:
    """From one party to the next.

    - ``hop``: the change of hands, where it is one.
    - ``chain``: the place of the first chain that it belongs to.
    - ``window``: of a gap, the days of the hops on both sides of it as they are ordered.
    - ``activation``: of a use, the place of the activation that says so.
    - ``falls``: whether the hop is dated before the one that it follows.
    """

    sort: Sort
    end: TreeNode
    chain: int = 0
    hop: Hop | None = None
    window: tuple[DateSpan, DateSpan] | None = None
    activation: int | None = None
    falls: bool = False


def parties_of(trace: Trace) -> list[Party]:
    """Return all parties of a trace, in the order of their first appearance."""
    found: dict[str, Party] = {}
    for chain in trace.chains:
        for hop in chain.hops:
            for party in (hop.sender, hop.receiver):
                found.setdefault(party.id, party)
    for activation in trace.activations:
        if activation.user is not None:
            found.setdefault(activation.user.id, activation.user)
    return list(found.values())


def build_trees(trace: Trace) -> list[TreeNode]:
    """One tree per carrier that a chain begins at, in the order of the chains, with places for drawing."""
    roots: list[TreeNode] = []
    for number, chain in enumerate(trace.chains):
        first = chain.hops[0].sender
        known = first if first.is_carrier else None
        root = next((root for root in roots if root.party == known), None)
        if root is None:
            root = TreeNode(known, ["carrier"])
            roots.append(root)
        _grow(root, chain, number)
    _add_user(trace, roots)
    _place(roots)
    return roots


def _window(before: Hop, after: Hop) -> tuple[DateSpan, DateSpan] | None:
    return None if before.when is None or after.when is None else (before.when, after.when)


def _grow(node: TreeNode, chain: Chain, number: int) -> None:
    before: Hop | None = None
    for hop in chain.hops:
        if node.party is None or (before is not None and hop.gap_before):
            window = None if before is None else _window(before, hop)
            node = node.follow(TreeLink(sort="gap", end=_node_of(hop.sender), chain=number, window=window))
        falls = before is not None and hop.is_inverted_after(before)
        node = node.follow(TreeLink(sort="hop", end=_node_of(hop.receiver), chain=number, hop=hop, falls=falls))
        if hop.receiver == chain.registrant and hop.sender.is_carrier:
            node.add_role("registrant")
        before = hop
    node.add_role("holder")


def _node_of(party: Party) -> TreeNode:
    return TreeNode(party, ["carrier"] if party.is_carrier else [])


def _add_user(trace: Trace, roots: Sequence[TreeNode]) -> None:
    """Mark the users of the card: at the ends of chains, else where they held it last, else behind that holder."""
    user = trace.end_user
    if user is None or not roots:
        return
    nodes = [node for root in roots for node in nodes_of(root) if node.party == user]
    for node in [node for node in nodes if "holder" in node.roles] or nodes[-1:]:
        node.add_role(trace.end_user_code)
    if nodes:
        return
    used = [place for place, event in enumerate(trace.activations) if event.user == user]
    latest = max(used, key=lambda place: (trace.activations[place].when, -place))
    holders = (finding.params for finding in trace.findings if finding.code == "user_differs_from_holder")
    then = {params["holder"]["id"] for params in holders if params["holder"] and params["user"]["id"] == user.id}
    path = _path(roots[0])
    holder = next((node for node in reversed(path) if node.party and node.party.id in then), path[-1])
    holder.follow(TreeLink(sort="use", end=TreeNode(user, ["end_user"]), activation=latest))


def _path(node: TreeNode) -> list[TreeNode]:
    path = [node]
    while path[-1].links:
        path.append(path[-1].links[0].end)
    return path


def nodes_of(root: TreeNode) -> Iterator[TreeNode]:
    """Root first, the first branch before the others."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [link.end for link in reversed(node.links)]


def links_of(roots: Sequence[TreeNode]) -> Iterator[tuple[TreeNode, TreeLink]]:
    """Yield every link with its source node, in the order of the nodes."""
    return ((node, link) for root in roots for node in nodes_of(root) for link in node.links)


def _place(roots: Sequence[TreeNode]) -> None:
    """Set columns by step, and lanes: the first branch stays in its lane, each other one gets one below all before."""
    lane = -1
    for root in roots:
        lane += 1
        root.lane = lane
        for node in nodes_of(root):
            if node is not root and node.lane < 0:
                lane += 1
                node.lane = lane
            for place, link in enumerate(node.links):
                link.end.column = node.column + 1
                link.end.lane = node.lane if place == 0 else -1
