"""The member's own pages. Other apps take from here what their pages for members need."""

from members.views.addresses import address_to_add
from members.views.visiting import actor, cursor, member_page, safe_next, typed_before

__all__ = ["actor", "address_to_add", "cursor", "member_page", "safe_next", "typed_before"]
