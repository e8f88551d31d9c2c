package dev.gsig.bench;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the synthetic models and their patients for all contenders. */
public final class ExportInputs {
  private ExportInputs() {}

  /** Argument: the folder to write to. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(args.length == 1, "ExportInputs FOLDER");
          for (SyntheticModel model : SyntheticModel.values()) {
            System.out.println(model.writeAnewTo(Path.of(args[0])));
          }
          for (SyntheticDecoder model : SyntheticDecoder.values()) {
            System.out.println(model.writeAnewTo(Path.of(args[0])));
          }
        });
  }
}
