"""What people, rules and models said of listings, and what to ask them next."""
