"""The bundled catalogue of real films."""
