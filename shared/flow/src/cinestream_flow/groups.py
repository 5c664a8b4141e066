"""The cause of an exception group."""


def first_error(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a group and of the groups nested in it.

    A task group cancels its other tasks after the first error, so the later errors are its consequences.
    """
    error = errors.exceptions[0]
    return first_error(error) if isinstance(error, BaseExceptionGroup) else error
