package dev.gsig.importer.internal.torch;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.nio.file.Path;
import java.util.List;

/** A file holds a Python object with its class, which only Python can load, not a state dict. */
public final class WholeModuleException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  private final String file;

  WholeModuleException(Path file, String why, Throwable cause) {
    super(
        file
            + ": holds a whole Python object, not its weights: "
            + why
            + "; where its class can be imported, save its state dict with these two lines",
        cause);
    this.file = file.toString();
  }

  /** Two lines of Python that save the state dict. */
  public List<String> python() {
    return List.of(
        "model = torch.load(" + Json.write(file) + ", map_location=\"cpu\", weights_only=False)",
        "torch.save(model.state_dict(), \"state_dict.pt\")");
  }
}
