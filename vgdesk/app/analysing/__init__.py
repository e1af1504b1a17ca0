"""From vectors to results: the requests of the views and the processes that answer them."""
