package dev.gsig.importer.internal.family;

import java.util.List;

/** A family of models, known by the names of its weights. */
public interface Family {
  /** All families; one that is recognised by more comes first. */
  List<Family> ALL =
      List.of(
          new TooBert(),
          new ExMedBert(),
          new Behrt(),
          new TorchEncoder(),
          new Roberta(),
          new DistilBert(),
          new Electra(),
          new ModernBert(),
          new Delphi(),
          new Gpt2("gpt2", "GPT-2, of Hugging Face or with nanoGPT's layers"),
          new Gpt2("ethos", "ETHOS, GPT-2 without biases"),
          new Llama("llama", "Hugging Face Llama"),
          new Llama("mistral", "Hugging Face Mistral"),
          new Llama("qwen2", "Hugging Face Qwen2"),
          new HuggingFaceBert(),
          new ModelFolder());

  /** The name that {@code --family} takes. */
  String name();

  /** What a user calls the family. */
  String description();

  /** True if a head of this family may score the next token, on its last real row. */
  default boolean predictsNext() {
    return false;
  }

  /** True if a checkpoint has this family's names. */
  boolean recognises(Draft draft);

  /** Maps the weights and adds what the family knows. */
  void apply(Draft draft);
}
