package dev.gsig.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** What a function makes of a stream of items, one at a time, without the nulls. */
final class Present<T, R> implements Iterator<R> {
  private final Iterator<T> items;
  private final Function<T, R> function;
  private R next;

  Present(Iterator<T> items, Function<T, R> function) {
    this.items = items;
    this.function = function;
  }

  @Override
  public boolean hasNext() {
    while (next == null && items.hasNext()) {
      next = function.apply(items.next());
    }
    return next != null;
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    R result = next;
    next = null;
    return result;
  }
}
