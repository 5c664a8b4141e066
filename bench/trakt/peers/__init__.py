"""What the exporter is compared with."""
