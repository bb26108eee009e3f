### Why a request was refused or failed: lower case, no code, no full stop, and what to do about it.

# Several of these, separated by semicolons.
error-several = { $problems }
