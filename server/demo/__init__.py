"""The demo: people, six weeks of their history, and a leg that goes on exercising."""
