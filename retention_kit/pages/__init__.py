"""What a page of the report consists of: metrics put together, compared, held against each other, explained."""
