"""What `tone` weighs: the words of each tone in a plot (`lexicon`), and what its genres lead to expect (`genres`).

The data is in text files beside the code, written for this project: `lexicon.txt` and `genres.txt`; each begins with
its format. `inflections` says which forms of a word count as that word. `wordllama` is the optional model, with its
numbers in `wordllama.txt`. Pure; docs/tone.md says how good they are.
"""
