"""What the checks of the cluster share."""
