"""Pure decisions of after-sales: what a question means, which article answers it, by when people answer."""
