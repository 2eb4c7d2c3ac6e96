"""The demo mall as plain records: what it sells, who shops there, who sends its parcels."""
