"""What migralint reads in SQL against what PostgreSQL's own parser (pglast) sees in it."""
