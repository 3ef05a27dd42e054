"""Answers out: retrieve, choose evidence, ask the model, tie its sentences to spans, check them.

Start reading at `chain.py`.
"""
