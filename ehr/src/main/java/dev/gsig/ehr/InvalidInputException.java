package dev.gsig.ehr;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The user's input cannot be used. The message is the one line shown to the user: what is wrong,
 * where, and how to mend it. Control characters, which come from what a file holds, are shown as
 * {@code \\uXXXX}.
 */
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the line shown to the user
   */
  public InvalidInputException(String message) {
    super(oneLine(message));
  }

  /**
   * Creates the exception.
   *
   * @param message the line shown to the user
   * @param cause what was caught; never shown to the user
   */
  public InvalidInputException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /**
   * Says why a file could not be read.
   *
   * @param file the file as the user named it
   * @param cause what the file system answered
   * @return the exception to throw
   */
  public static InvalidInputException reading(Path file, IOException cause) {
    String reason = reason(cause);
    if (cause instanceof NoSuchFileException || cause instanceof NotDirectoryException) {
      reason = "no such file; check the path";
    } else if (cause instanceof AccessDeniedException) {
      reason = "permission to read it is denied; change its permissions or name another file";
    } else if (cause instanceof CharacterCodingException) {
      reason = "is not valid UTF-8; save it as UTF-8";
    }
    return new InvalidInputException(file + ": cannot be read: " + reason, cause);
  }

  /**
   * Says why a stream could not be read.
   *
   * @param name what the user calls it
   * @param cause what the operating system answered
   * @return the exception to throw
   */
  public static InvalidInputException reading(String name, IOException cause) {
    return new InvalidInputException(name + ": cannot be read: " + reason(cause), cause);
  }

  /**
   * Says why a file could not be written.
   *
   * @param file the file as the user named it
   * @param cause what the file system answered
   * @return the exception to throw
   */
  public static InvalidInputException writing(Path file, IOException cause) {
    String reason = reason(cause);
    if (cause instanceof NoSuchFileException || cause instanceof NotDirectoryException) {
      reason = "its folder does not exist; create the folder or name another file";
    } else if (cause instanceof AccessDeniedException) {
      reason = "permission is denied; change the permissions or name another file";
    }
    return new InvalidInputException(file + ": cannot be written: " + reason, cause);
  }

  private static String oneLine(String message) {
    StringBuilder line = new StringBuilder(message.length());
    message
        .chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                line.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                line.append((char) c);
              }
            });
    return line.toString();
  }

  private static String reason(IOException cause) {
    String text = cause.getMessage();
    if (cause instanceof FileSystemException fs && fs.getReason() != null) {
      text = fs.getReason();
    }
    if (text == null || text.isBlank()) {
      return "the file system reports a fault; check the disk and the path";
    }
    return text.lines().findFirst().orElse(text).strip() + "; check the disk and the path";
  }

  /**
   * Why a patient cannot be used, in words that are the same for all that are wrong in the same
   * way: without what names the patient, and with {@code #} for numbers, such as columns and
   * positions.
   *
   * @param where what the message calls the patient or the line; may be missing in it
   * @return the reason
   */
  public String reason(String where) {
    String message = getMessage();
    String prefix = where + ": ";
    return (message.startsWith(prefix) ? message.substring(prefix.length()) : message)
        .replaceFirst("^patient \"(?:[^\"\\\\]|\\\\.)*\"(, visit \\d+)?: ", "")
        .replaceFirst("^the (trajectory of|subject) \".*\" is ", "the $1 is ")
        .replaceFirst("^the trajectory of is ", "the trajectory is ")
        .replaceAll("(?<![A-Za-z0-9_])[0-9]+", "#");
  }
}
