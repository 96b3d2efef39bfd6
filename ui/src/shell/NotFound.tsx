import { useWords } from '../i18n/language.tsx';
import { Empty } from '../parts/Faces.tsx';
import { Go } from '../parts/Go.tsx';
import { useTitle } from '../parts/useTitle.ts';

export function NotFound() {
  const words = useWords();
  useTitle(words.pageNotFound);
  return (
    <>
      <h1 className="hidden-word">{words.pageNotFound}</h1>
      <Empty title={words.pageNotFound}>
        <Go to="/" className="link">
          {words.backHome}
        </Go>
      </Empty>
    </>
  );
}
