"""The error that a task group was ended by."""


def first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error itself: callers handle errors, not groups of them; those that it brought about tell nothing more."""
    error = errors.exceptions[0]
    return first(error) if isinstance(error, BaseExceptionGroup) else error
