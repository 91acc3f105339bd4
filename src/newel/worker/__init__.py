"""The worker: takes jobs and runs the step that each names; and all periodic work."""
