"""The programs that the exporter is compared with."""
