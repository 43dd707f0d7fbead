"""What every room shares: actions, readings, records, ids, units, seed streams, errors."""
