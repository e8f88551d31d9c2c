package dev.gsig.cli;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Items of which only reading tells whether there is another one. */
abstract class LookAhead<T> implements Iterator<T> {
  private T next;

  /** The next item; null if there is none. */
  abstract T read();

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = read();
    }
    return next != null;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T item = next;
    next = null;
    return item;
  }
}
