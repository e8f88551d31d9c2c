package dev.gsig.importer.internal.family;

import java.util.List;

/** All families that there are. */
public final class Families {
  /** All families; one that is recognised by more comes first. */
  public static final List<Family> ALL =
      List.of(
          new TooBert(),
          new CehrBert(),
          new CoreBehrt(),
          new Motor(),
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

  private Families() {}
}
