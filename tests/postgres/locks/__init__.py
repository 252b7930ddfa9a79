"""What PostgreSQL 12 to 18 does for each kind of DDL, measured, and `effects()` compared with it (`make locks`)."""
