package dev.gsig.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names a model. */
final class ModelFlags {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description =
          "model folder: config.json, model.safetensors, vocab.json; or model.onnx, inputs.json,"
              + " vocab.json; or a Hugging Face folder")
  Path model;
}
