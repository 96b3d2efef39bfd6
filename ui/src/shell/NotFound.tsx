import { useWords } from '../i18n/language.tsx';
import { Go } from '../parts/Go.tsx';
import { useTitle } from '../parts/useTitle.ts';

export function NotFound() {
  const words = useWords();
  useTitle(words.pageNotFound);
  return (
    <div className="face">
      <h1>{words.pageNotFound}</h1>
      <div className="face-actions">
        <Go to="/" className="link">
          {words.backHome}
        </Go>
      </div>
    </div>
  );
}
