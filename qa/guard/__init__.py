"""What a document may not do: give orders to the model, or hide text from the reader."""
